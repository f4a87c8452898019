# How much memory the server holds while it lives, for the simulator's half: pair_simulator.sh sources it.
#
# A server that loads world after world can grow until the kernel ends it without a word: what it held is
# then known to nobody but us. Resident memory of all processes of the workload, by /proc alone, every
# MEMORY_PERIOD seconds. Told as a status file; in the log when it has doubled, and once it has ended.

memory_due=0 memory_first= memory_held= memory_next=0

# One step: look where it is time. What a server holds before it listens is no measure of what it grows by.
watch_memory() {
  [ "$memory_period" -gt 0 ] && [ "$clock" -ge "$memory_due" ] && [ "$phase" != booting ] || return 0
  memory_due=$((clock + memory_period))
  read_memory
  [ "$resident" -gt 0 ] || return 0
  memory_held=$resident
  [ -n "$memory_first" ] || memory_first=$resident memory_next=$((2 * resident))
  read_epoch
  publish memory "attempt=$attempt t=$epoch used=$memory_held first=$memory_first"
  [ "$memory_held" -ge "$memory_next" ] && [ "$memory_held" -ge "$memory_worth" ] || return 0
  memory_next=$((2 * memory_held))
  tell_memory
}

# -> $resident: MiB of all processes of the workload
read_memory() {
  resident=0
  find_victims
  for pid in $victims; do
    { while read -r key value rest; do
      [ "$key" = VmRSS: ] || continue
      is_count "$value" && resident=$((resident + value))
      break
    done <"/proc/$pid/status"; } 2>/dev/null
  done
  resident=$((resident / 1024))
}

# The words of simulator-out-of-memory in console/diagnosis/causes.yaml
tell_memory() {
  say "the server's memory: it held $memory_held MiB at the last look, $memory_first MiB when it began"
}

# Of one that has ended: what it held says something only where it had grown
tell_last_memory() {
  [ -n "$memory_held" ] && [ "$memory_held" -ge "$memory_worth" ] && [ "$memory_held" -ge $((2 * memory_first)) ] || return 0
  tell_memory
}
