# What follows from what, and which attempt comes next: the rules of tests/workers/pair_rules.py, in sh.
#
# Reads no file, no clock and no process. Results: $decision, $attempt.

# decide ROLE PHASE EVENT -> $decision: "phase NAME", "end REASON STATUS" or "none"
decide() {
  case $1:$2:$3 in
    *:stop-asked) decision="end terminated 143" ;;
    *:cancel-asked) decision="end cancelled 0" ;;
    *:gpu-wrong) decision="end wrong-gpu 0" ;;
    *:partner-lost | *:partner-absent) decision="end lost-partner 1" ;;
    simulator:*:partner-done) decision="end done 0" ;;
    simulator:booting:server-listens) decision="phase ready" ;;
    simulator:booting:boot-timeout) decision="end never-ready 1" ;;
    agent:waiting:partner-ready) decision="phase driving" ;;
    agent:*:result-complete) decision="end done 0" ;;
    agent:driving:setup-invalid) decision="end invalid-setup 1" ;;
    agent:driving:load-failed) decision="end not-loaded 0" ;;
    simulator:*:workload-crashed | agent:driving:workload-crashed) decision="end crashed 1" ;;
    simulator:ready:workload-hung | agent:driving:workload-hung) decision="end hang 1" ;;
    *) decision=none ;;
  esac
}

# next_attempt OWN_LAST PARTNER_LAST PARTNER_ENDED(yes or empty) -> $attempt
next_attempt() {
  attempt=$(($1 + 1))
  if [ "$3" = yes ]; then set -- "$1" $(($2 + 1)) ""; fi
  [ "$2" -gt "$attempt" ] && attempt=$2
  return 0
}

# Lines "decide ROLE PHASE EVENT" or "attempt OWN PARTNER yes|no", answered line by line.
answer_questions() {
  while read -r question first second third; do
    case $question in
      decide) decide "$first" "$second" "$third" && echo "$decision" ;;
      attempt) next_attempt "$first" "$second" "$third" && echo "$attempt" ;;
    esac
  done
}
