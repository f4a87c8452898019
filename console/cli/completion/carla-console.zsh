#compdef carla-console
# Completion of carla-console in zsh. Asks the program at each Tab; evaluates nothing it says.

_carla-console() {
    local program line
    local -a answer typed offered
    program=${words[1]/#\~\//$HOME/}
    whence -p -- "$program" >/dev/null || program=carla-console
    typed=("${(@Q)words[2,CURRENT]}")
    answer=("${(@f)$("$program" __complete zsh "${typed[@]}" 2>/dev/null)}")
    case ${answer[1]} in
        files)
            compset -P '--*='
            _files
            ;;
        words)
            for line in "${(@)answer[2,-1]}"; do
                [[ -n $line ]] || continue
                if [[ $line == *$'\t'* ]]; then
                    offered+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
                else
                    offered+=("${line//:/\\:}")
                fi
            done
            _describe -V 'carla-console' offered
            ;;
    esac
}

# Sourced, it says what it completes; from a folder of $fpath zsh has called it to complete.
if [[ $funcstack[1] == _carla-console ]]; then
    _carla-console "$@"
else
    compdef _carla-console carla-console
fi
