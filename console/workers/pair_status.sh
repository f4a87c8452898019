# What a half says in $STATUS_DIR, and what it reads there of its partner and of orders.
#
# The only part that writes status files; console/workers/status_files.py reads them. $mute: it cannot.
# Results: $highest, $attempt, $event and $why.

attempt=0 phase= counter=0 mute= event= why=

say() { printf '[pair-%s %s attempt %s] %s\n' "$PAIR" "$role" "$attempt" "$*"; }

# publish NAME TEXT: a reader sees the old file or the new one, never a part
publish() {
  { printf '%s\n' "$2" >"$STATUS_DIR/.pair-$PAIR.$role.new"; } 2>/dev/null &&
    mv -f "$STATUS_DIR/.pair-$PAIR.$role.new" "$STATUS_DIR/pair-$PAIR.$role.$1" 2>/dev/null
}

# mark NAME TEXT: what must be known even on a full disk; there the name alone often still fits
mark() {
  publish "$1" "$2" || { printf '' >"$STATUS_DIR/pair-$PAIR.$role.$1"; } 2>/dev/null
}

# A half that cannot write either ($mute) takes nobody's silence for a sign.
beat() {
  counter=$((counter + 1)) mute=
  publish heartbeat "$attempt $counter $phase" || mute=yes
}

# highest_attempt ROLE -> $highest, 0 when it has begun none
highest_attempt() {
  highest=0
  for path in "$STATUS_DIR/pair-$PAIR.$1.attempt-"*; do
    is_count "${path##*-}" && [ "${path##*-}" -gt "$highest" ] && highest=${path##*-}
  done
}

is_done() { [ -e "$STATUS_DIR/pair-$PAIR.$1.done" ]; }
has_ended() { [ -e "$STATUS_DIR/pair-$PAIR.$1.ended-$2" ]; }

# A life that left no end was killed without a word; only the next one can say so.
note_vanished() {
  [ "$own" -gt 0 ] && ! has_ended "$role" "$own" || return 0
  epoch=$(date -r "$STATUS_DIR/pair-$PAIR.$role.heartbeat" +%s 2>/dev/null)
  is_count "$epoch" || read_epoch
  route=-
  if [ "$role" = agent ]; then
    newest 1 '^======== pair '
    case $line in *", attempt $own,"*) newest 1 '^======== pair ' "$route_begins" && name_route ;; esac
  fi
  mark "ended-$own" "reason=vanished exit=-1 signal=0 route=$route t=$epoch"
}

begin_attempt() {
  if [ -n "$apart" ]; then begin_only_attempt && return; fi
  highest_attempt "$role"
  own=$highest
  highest_attempt "$partner"
  partner_ended=
  has_ended "$partner" "$highest" && partner_ended=yes
  next_attempt "$own" "$highest" "$partner_ended"
  note_vanished
  read_epoch
  mark "attempt-$attempt" "$epoch" && return
  say "cannot write to $STATUS_DIR: no attempt can be counted, so none is begun"
  exit 1
}
