#!/bin/sh
# The init container: hands the private sources to the pod's volumes and lays out the logs volume.
#
# Copies  $LEADERBOARD_SOURCE     -> $LEADERBOARD_ROOT
#         $SCENARIO_RUNNER_SOURCE -> $SCENARIO_RUNNER_ROOT
#         $CARLA_SOURCE           -> $CARLA_API_ROOT
# and creates the folders of agents, simulators, logcopy and status files under $LOGS_DIR, for as
# many pairs as PAIRS says; 4 where it says nothing. With RESUME and RESUME_DIR, partial_N.json
# there, or what its compressed pieces partial_N.json.gz.* hold together, becomes the checkpoint of
# pair N unless it has one.
# In a pod of one pair (JOB_COMPLETION_INDEX, from 0) that pair has the folders of the first, and what
# an earlier pod of it finished and KEPT_DIR holds, as partial_N.json, goes before RESUME_DIR; how that
# pod's attempts ended (ended_N) is laid beside the status files.
# Can be run again at any time: what an earlier run or the submission has written stays.
# Needs no privilege: any user that may read the sources and write to the volumes.
# Exit: 0 everything is in place; 1 something is missing or cannot be written, and it says what.

fail() {
  echo "[private-contents] $*" >&2
  exit 1
}

not_copied="is the volume full, or may user $(id -u 2>/dev/null) not read a file of the image?"

# copy_tree SOURCE TARGET
copy_tree() {
  [ -d "$1" ] || fail "the image has no folder $1: is it a Leaderboard image?"
  mkdir -p "$2" || fail "cannot create $2"
  cp -R -P -f "$1/." "$2/" || fail "cannot copy $1 to $2: $not_copied"
  echo "[private-contents] copied $1 to $2"
}

# The containers run as different users, the team's agent as whoever its image says.
open_folder() {
  mkdir -p "$1" && chmod 0777 "$1" || fail "cannot create $1"
}

# gzip holds the whole against its sum: a piece that is missing or cut does not go unnoticed.
copy_partial() {
  if [ -s "$1" ]; then cp "$1" "$2"; else cat "$1".gz.* | gzip -dc >"$2"; fi
}

# resume_pair N FOLDER PLACE: atomic, because a cut checkpoint would cost the pair its finished routes
resume_pair() {
  partial="$2/partial_$1.json" checkpoint="$LOGS_DIR/agent/agent$3/agent_results.json"
  [ -s "$partial" ] || [ -s "$partial.gz.000" ] || { partial= && return 0; }
  [ ! -s "$checkpoint" ] || return 0
  copy_partial "$partial" "$checkpoint.new" && chmod 0666 "$checkpoint.new" &&
    mv -f "$checkpoint.new" "$checkpoint" || fail "cannot copy $partial to $checkpoint"
  echo "[private-contents] pair $1 resumes from $partial"
}

# keep_on N: what an earlier pod of this pair left with whoever records it
keep_on() {
  resume_pair "$1" "$KEPT_DIR" 1
  [ -z "$partial" ] || : >"$LOGS_DIR/logcopy/kept"
  [ ! -s "$KEPT_DIR/ended_$1" ] || cp "$KEPT_DIR/ended_$1" "$LOGS_DIR/containers-status/ended_$1" ||
    fail "cannot copy $KEPT_DIR/ended_$1"
}

number=
case ${JOB_COMPLETION_INDEX:-} in '' | *[!0-9]*) ;; *) number=$((JOB_COMPLETION_INDEX + 1)) PAIRS=1 ;; esac

copy_tree "${LEADERBOARD_SOURCE:-/workspace/leaderboard}" "${LEADERBOARD_ROOT:-/tmp/leaderboard}"
copy_tree "${SCENARIO_RUNNER_SOURCE:-/workspace/scenario_runner}" \
  "${SCENARIO_RUNNER_ROOT:-/tmp/scenario_runner}"
copy_tree "${CARLA_SOURCE:-/workspace/CARLA}" "${CARLA_API_ROOT:-/tmp/CARLA}"

: "${LOGS_DIR:=/tmp/logs}"
for folder in agent simulator logcopy containers-status; do open_folder "$LOGS_DIR/$folder"; done
pair=1
while [ "$pair" -le "${PAIRS:-4}" ]; do
  open_folder "$LOGS_DIR/agent/agent$pair"
  open_folder "$LOGS_DIR/simulator/simulator$pair"
  if [ -n "$number" ] && [ -n "${KEPT_DIR:-}" ]; then keep_on "$number"; fi
  if [ -n "${RESUME:-}" ] && [ -n "${RESUME_DIR:-}" ]; then
    resume_pair "${number:-$pair}" "$RESUME_DIR" "$pair"
  fi
  pair=$((pair + 1))
done
