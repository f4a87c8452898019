# Which GPU this half sees, which one it was given, and whether both can be: for pair_supervisor.sh,
# which sources it. Three things that need not agree: the pair's number, the GPU's index, and what the
# runtime was told ($NVIDIA_VISIBLE_DEVICES: an index, a UUID, `void` with CDI, or nothing at all).
#
# Asks nvidia-smi, which may hang with its driver, for GPU_LIMIT seconds (10) at most; then the
# kernel's driver in $GPU_PROC (/proc/driver/nvidia) and the device nodes in $GPU_DEV (/dev). What
# none of them tells is `-`: nothing is guessed. In a container that sees several GPUs, as every
# privileged one does, only what the runtime was told says which of them is ours.
#
# The index is the device's number on the node (its minor) where it can be told, for within a
# container that sees one GPU nvidia-smi calls every GPU 0.

# look_at_gpus -> $gpus seen, $gpu_index $gpu_uuid $gpu_driver $gpu_name of ours, $adapter for Vulkan
look_at_gpus() {
  gpus=- gpu_index=- gpu_uuid=- gpu_driver=- gpu_name=- gpu_rows= gpu_trouble=
  read_device_nodes
  ask_nvidia_smi || ask_the_driver
  choose_gpu
  choose_adapter
  tell_gpu
}

# -> $nodes, how many GPUs have a device node here; $node: the number of the only one
read_device_nodes() {
  nodes=0 node=-
  for path in "${GPU_DEV:-/dev}"/nvidia[0-9]*; do
    is_count "${path##*/nvidia}" || continue
    [ -e "$path" ] && nodes=$((nodes + 1)) node=${path##*/nvidia}
  done
  [ "$nodes" = 1 ] || node=-
}

# only ALLOWED TEXT -> $clean: the text without spaces around it if it has no other sign, else -
only() {
  clean=$2
  while :; do case $clean in ' '*) clean=${clean# } ;; *' ') clean=${clean% } ;; *) break ;; esac; done
  [ "${#clean}" -le 60 ] || clean=-
  case $clean in '' | *[!$1]*) clean=- ;; esac
}

# -> $gpu_rows, one `place uuid driver name` a line, and $gpus; false when it tells nothing
ask_nvidia_smi() {
  have nvidia-smi || return 1
  answer="$STATUS_DIR/.pair-$PAIR.$role.nvidia-smi"
  nvidia-smi --query-gpu=index,uuid,driver_version,name --format=csv,noheader \
    </dev/null >"$answer" 2>&1 &
  asked_smi=$! smi_started=
  read_process "$asked_smi" && smi_started=$started
  wait_for_smi || return 1
  seen=0
  while IFS=, read -r place uuid driver name || [ -n "$place" ]; do
    case $place in
      *"No devices were found"* | *"couldn't communicate with the NVIDIA driver"*)
        gpus=0 gpu_trouble=$place
        rm -f "$answer"
        return ;;
    esac
    only A-Za-z0-9- "$uuid" && uuid=$clean
    only 0-9 "$place" && place=$clean
    [ "$uuid" != - ] && [ "$place" != - ] || continue
    only 0-9. "$driver" && driver=$clean
    only 'A-Za-z0-9 ._()/-' "$name"
    seen=$((seen + 1))
    gpu_rows="$gpu_rows$place $uuid $driver $clean
"
  done <"$answer"
  rm -f "$answer"
  [ "$seen" -gt 0 ] && gpus=$seen
}

# False when it did not answer in time; then it may be beyond any signal, so nobody waits for it.
wait_for_smi() {
  limit GPU_LIMIT 10
  asked_since=$clock
  while is_running "$asked_smi" "$smi_started"; do
    if [ $((clock - asked_since)) -gt "$centi" ]; then
      kill -KILL "$asked_smi" 2>/dev/null
      say "nvidia-smi did not answer within $accepted s"
      return 1
    fi
    nap
    pass_time
    beat
  done
}

# The same from the driver's files, of GPUs that have a device node in this container. Where the
# driver runs but no node is here, no program can use a GPU, whatever those files list.
ask_the_driver() {
  if [ "$nodes" = 0 ]; then
    if [ -d "${GPU_PROC:-/proc/driver/nvidia}/gpus" ]; then
      gpus=0 gpu_trouble="the node has a driver, but no GPU's device is in this container"
    fi
    return
  fi
  gpus=$nodes
  read_version
  for path in "${GPU_PROC:-/proc/driver/nvidia}"/gpus/*/information; do
    read_information "$path" || continue
    [ -e "${GPU_DEV:-/dev}/nvidia$minor" ] && gpu_rows="$gpu_rows$minor $uuid $version $name
"
  done
}

# -> $version of the driver, as its own line has it between other words
read_version() {
  version=-
  { read -r line <"${GPU_PROC:-/proc/driver/nvidia}/version"; } 2>/dev/null || return 0
  for word in $line; do
    case $word in *[!0-9.]* | *.) ;; [0-9]*.[0-9]*) version=$word && return ;; esac
  done
  return 0
}

# read_information FILE -> $uuid $minor $name; false when it does not name a GPU
read_information() {
  uuid=- minor=- name=-
  { while IFS=: read -r key value || [ -n "$key" ]; do
    value=${value#"${value%%[!	 ]*}"}
    case $key in
      Model) only 'A-Za-z0-9 ._()/-' "$value" && name=$clean ;;
      'GPU UUID') only A-Za-z0-9- "$value" && uuid=$clean ;;
      'Device Minor') only 0-9 "$value" && minor=$clean ;;
    esac
  done <"$1"; } 2>/dev/null
  [ "$uuid" != - ] && [ "$minor" != - ]
}

# Where the runtime got the list as files, each is named by a UUID.
read_told() {
  told=${NVIDIA_VISIBLE_DEVICES:-}
  case $told in
    /*)
      set -- "$told"/*
      told=
      [ $# = 1 ] && told=${1##*/} ;;
  esac
  only A-Za-z0-9,:./=- "$told" && told=$clean
}

# Ours is the only one that is seen, else the one that the runtime was told. -> $gpu_lost: words for
# a GPU that was told and is not there
choose_gpu() {
  read_told
  position=- gpu_lost= at=0
  case $told in *,*) by_uuid= ;; GPU-* | MIG-GPU-*) by_uuid=${told#MIG-} by_uuid=${by_uuid%%/*} ;; *) by_uuid= ;; esac
  while read -r place uuid driver name; do
    if [ -n "$by_uuid" ]; then
      case $uuid in "$by_uuid"*) take_row ;; esac
    elif [ "$gpus" = 1 ] || [ "$place" = "$told" ]; then take_row
    fi
    at=$((at + 1))
  done <<END_OF_ROWS
${gpu_rows%?}
END_OF_ROWS
  if [ "$gpu_index:$gpus" = -:1 ]; then gpu_index=$node; fi
  [ "$position" = - ] && [ -n "$gpu_rows" ] || return 0
  if [ -n "$by_uuid" ] || { is_count "$told" && [ "$gpus" -gt 1 ]; }; then
    gpu_lost="the runtime was told GPU $told, but it is not among the $gpus that are seen"
  fi
}

take_row() {
  [ -n "$place" ] || return 0
  position=$at gpu_uuid=$uuid gpu_driver=$driver gpu_name=$name gpu_index=-
  if [ "$gpus" -gt 1 ]; then gpu_index=$place; fi
  if [ "$gpus:$nodes" = 1:1 ]; then gpu_index=$node; fi
  for path in "${GPU_PROC:-/proc/driver/nvidia}"/gpus/*/information; do
    wanted=$uuid own_name=$name
    if read_information "$path" && [ "$uuid" = "$wanted" ]; then gpu_index=$minor; fi
    uuid=$wanted name=$own_name
  done
}

# Vulkan counts the GPUs that this container sees. Where they cannot be told, the runtime's own word
# is the only one there is; -1 leaves the choice to the engine.
choose_adapter() {
  adapter=$position
  [ "$adapter" = - ] && [ "$gpus" = 1 ] && adapter=0
  if [ "$adapter" = - ]; then
    adapter=-1
    [ "$gpus" = - ] && is_count "$told" && adapter=$told
  fi
  return 0
}

# The status file and the log line of what was found
tell_gpu() {
  shared=no
  [ -z "${GPU_SHARED:-}" ] || shared=yes
  publish gpu "attempt=$attempt gpus=$gpus index=$gpu_index uuid=$gpu_uuid driver=$gpu_driver told=$told shared=$shared name=$gpu_name"
  case $gpus in
    -) say "cannot tell which GPU it sees: the runtime was told ${told:--}" ;;
    0) say "sees no GPU: $gpu_trouble" ;;
    *) say "sees $gpus GPU(s); its own: index $gpu_index, $gpu_uuid, $gpu_name, driver $gpu_driver; told $told" ;;
  esac
}

# read_gpu PAIR ROLE -> $their_attempt $their_uuid of what that half told; false when it told none
read_gpu() {
  their_attempt= their_uuid=-
  { read -r their_attempt _ _ their_uuid _ <"$STATUS_DIR/pair-$1.$2.gpu"; } 2>/dev/null || return 1
  their_attempt=${their_attempt#attempt=} their_uuid=${their_uuid#uuid=}
}

# -> $event $why when this pair cannot drive on the GPUs that its halves have
notice_gpu() {
  if [ -e "$STATUS_DIR/pair-$PAIR.$partner.gpu-fault" ]; then
    event=gpu-wrong why="the $partner says that its GPU is wrong"
    return
  fi
  case $phase:$event in booting: | waiting:) ;; *) return 0 ;; esac
  why=
  if [ "$gpus" = 0 ]; then why="no GPU: $gpu_trouble"
  elif [ -n "$gpu_lost" ]; then why=$gpu_lost
  elif [ "$gpu_uuid" != - ] && [ -z "${GPU_SHARED:-}" ]; then compare_gpus
  fi
  [ -z "$why" ] || event=gpu-wrong
}

# Of two pairs on one GPU the one with the higher number is on the other's.
compare_gpus() {
  if read_gpu "$PAIR" "$partner" && [ "$their_attempt" = "$attempt" ]; then
    case $their_uuid in - | "$gpu_uuid") ;; *)
      why="the halves are on different GPUs: $gpu_uuid here, $their_uuid of the $partner"
      return ;;
    esac
  fi
  other=1
  while [ "$other" -lt "$PAIR" ]; do
    for half in simulator agent; do
      [ -e "$STATUS_DIR/pair-$other.$half.gpu-fault" ] && continue
      if read_gpu "$other" "$half" && [ "$their_uuid" = "$gpu_uuid" ]; then
        why="pair $other is on this GPU, $gpu_uuid"
        return
      fi
    done
    other=$((other + 1))
  done
}
