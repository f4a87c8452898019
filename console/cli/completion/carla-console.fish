# Completion of carla-console in fish. Asks the program at each Tab; evaluates nothing it says.
function __carla_console_complete
    set -l typed (commandline -opc)
    set -l current (commandline -ct)
    set -l program (string replace -r '^~/' "$HOME/" -- $typed[1])
    command -sq -- $program; or set program carla-console
    set -l answer (command $program __complete fish $typed[2..-1] "$current" 2>/dev/null)
    switch "$answer[1]"
        case files
            set -l flag (string match -r -- '^--[^=]*=' "$current")
            for path in (__fish_complete_path (string replace -r -- '^--[^=]*=' '' "$current"))
                printf "%s\n" "$flag$path"
            end
        case words
            printf '%s\n' $answer[2..-1]
    end
end

complete -c carla-console -e
complete -c carla-console -f -a '(__carla_console_complete)'
