# A half whose pair has a pod of its own: which pair that is, its one attempt, and how the simulator
# stays beside the agent, whose end is the pod's. Needs pair_status.sh. Without an index of a Job, or
# with PAIR, none of it holds.
#
#   JOB_COMPLETION_INDEX  of the pod, from 0; pair 1 is index 0
#   ROUTES_SUBSETS        of all pairs: 0-4;5-9
#   ATTEMPTS_BEFORE       pods of this pair that have failed; this one is the next attempt, and the only
#                         one: what ends it is the pod's end, and the cluster makes another pod
#   GPU_OF_PARTNER        agent: it sees every GPU of the node, and takes the one of its simulator
#
# Results: $apart; $PAIR and $ROUTES_SUBSET for all that is started; $attempt; $event and $why.

apart=

find_pair() {
  [ -z "${PAIR:-}" ] && is_count "${JOB_COMPLETION_INDEX:-}" || return 0
  apart=yes PAIR=$((JOB_COMPLETION_INDEX + 1))
  is_count "${ATTEMPTS_BEFORE:-}" || ATTEMPTS_BEFORE=0
  [ "$role" = simulator ] || find_subset
  export PAIR
}

# An empty subset would be all routes of the file.
find_subset() {
  left=$JOB_COMPLETION_INDEX rest=${ROUTES_SUBSETS:-}
  while [ "$left" -gt 0 ]; do
    case $rest in *';'*) rest=${rest#*;} ;; *) rest= ;; esac
    left=$((left - 1))
  done
  ROUTES_SUBSET=${rest%%;*}
  [ -n "$ROUTES_SUBSET" ] || { say "there are no routes for pair $PAIR in ROUTES_SUBSETS" && exit 1; }
  export ROUTES_SUBSET
}

# A half that was killed without a word comes again in its pod: the agent never, and the simulator only
# to wait until the agent, which has lost it, ends the pod.
begin_only_attempt() {
  attempt=$((ATTEMPTS_BEFORE + 1))
  if [ -e "$STATUS_DIR/pair-$PAIR.$role.attempt-$attempt" ]; then
    own=$attempt
    kill_workload
    note_vanished
    say "this half was killed: its pod has no other attempt"
    leave vanished 1
  fi
  read_epoch
  mark "attempt-$attempt" "$epoch" && return
  say "cannot write to $STATUS_DIR: no attempt can be counted, so none is begun"
  exit 1
}

# A GPU that is wrong here need not be on the node of the next pod.
retry_elsewhere() { [ -n "$apart" ] && [ "$1" = wrong-gpu ]; }

# leave REASON STATUS: a sidecar that ended would be started again while the agent still ends
leave() {
  [ -n "$apart" ] && [ "$role" = simulator ] || exit "$2"
  say "stays until the pod ends"
  until [ -n "$asked" ]; do sleep "${pause:-1}" || sleep 1; done
  case $1 in crashed | hang | never-ready | vanished | wrong-gpu) exit "$2" ;; esac
  exit 0
}

# The plug-in gave the pod's one GPU to the simulator, and only that half knows which it is.
follow_gpu() {
  [ -n "${GPU_OF_PARTNER:-}" ] || return 0
  if ! read_gpu "$PAIR" "$partner" || [ "$their_attempt:$their_uuid" = "$attempt:-" ]; then
    say "cannot tell which GPU the simulator has: sees $gpus"
    return 0
  fi
  NVIDIA_VISIBLE_DEVICES=$their_uuid CUDA_VISIBLE_DEVICES=$their_uuid
  export NVIDIA_VISIBLE_DEVICES CUDA_VISIBLE_DEVICES
  choose_gpu
  tell_gpu
  [ -z "$gpu_lost" ] || event=gpu-wrong why=$gpu_lost
}
