# A checkpoint made ready by a shell alone: for images whose python3 is not on this shell's path, as
# where a team's ~/.bashrc puts it there. It cannot look into a file, so the last whole copy goes on.

prepare_roughly() {
  judge "$CHECKPOINT"
  if [ "$verdict" != torn ]; then
    patience=keep_trying
    if [ "$verdict" = complete ]; then patience=; fi
    $patience copy_whole "$CHECKPOINT" "$CHECKPOINT.good" && kept_is_current
    judge "$CHECKPOINT"
  else
    restore_checkpoint
  fi
}

restore_checkpoint() {
  if [ -s "$CHECKPOINT" ] && mv -f "$CHECKPOINT" "$CHECKPOINT.torn-$attempt"; then
    say "the checkpoint is cut: kept aside as $CHECKPOINT.torn-$attempt"
  fi
  judge "$CHECKPOINT.good"
  [ "$verdict" != torn ] || return 0
  keep_trying copy_whole "$CHECKPOINT.good" "$CHECKPOINT" || [ -n "$event" ] ||
    mv -f "$CHECKPOINT.good" "$CHECKPOINT"
  judge "$CHECKPOINT"
  [ "$verdict" != torn ] || return 0
  say "restored the last good copy of the checkpoint"
}
