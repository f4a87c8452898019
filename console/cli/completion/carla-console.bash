# Completion of carla-console in bash. Asks the program at each Tab; evaluates nothing it says.
_carla_console() {
    local program line kind=
    COMPREPLY=()
    # An alias or a shell function under that name is not a program: then the one on PATH.
    program=${1/#\~\//$HOME/}
    program=$(type -P -- "$program") || program=carla-console
    while IFS= read -r line; do
        case $kind in
            '') kind=$line ;;
            words) COMPREPLY+=("$line") ;;
        esac
    done < <("$program" __complete bash "$COMP_WORDBREAKS" "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
    if [ "$kind" = files ]; then
        compopt -o default
    fi
}

complete -F _carla_console carla-console
