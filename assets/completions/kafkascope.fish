# Completion of kafkascope and kafkascope-ui for fish. Commands and options are read from the program's own help, so they
# cannot disagree with it.

function __kafkascope_words --description "Commands and options in the help text of a command"
    $argv --help 2>/dev/null | awk '
        /^[A-Za-z].*:[ \t]*$/ { section = tolower($1) }
        section ~ /^(subcommands|commands):/ && /^  [a-z]/ { name = $1; $1 = ""; sub(/^ +/, ""); print name "\t" $0 }
        /^  +-/ {
            about = ""; names = $0
            if (match(names, /   +[^ -]/)) { about = substr(names, RSTART + 1); names = substr(names, 1, RSTART) }
            sub(/^ +/, "", about); gsub(/,/, " ", names)
            n = split(names, parts, /[ =]+/)
            for (i = 1; i <= n; ++i) { if (parts[i] ~ /^--?[a-zA-Z]/) print parts[i] "\t" about; else if (parts[i] != "") break }
        }'
end

function __kafkascope_scenarios --description "Names of scenarios with their titles"
    kafkascope list 2>/dev/null | awk '/^[a-z][a-z0-9_\/-]* / {
        name = $1; $1 = ""; sub(/^ +/, ""); print name "\t" $0; sub(/.*\//, "", name); print name "\t" $0 }'
end

function __kafkascope_complete
    set -l words (commandline -opc)
    set -l program $words[1]
    for word in $words[2..-1]
        if not string match -q -- '-*' $word; and not string match -q '*-ui' $program
            if string match -q -- '-*' (commandline -ct)
                __kafkascope_words $program $word
            else
                __kafkascope_scenarios
            end
            return
        end
    end
    __kafkascope_words $program
end

for program in kafkascope kafkascope-ui
    complete -c $program -a "(__kafkascope_complete)"
    complete -c $program -n "string match -q -- '*theme' (commandline -opc)[-1]" -xa "light dark projector"
    complete -c $program -n "string match -q -- '--folder' (commandline -opc)[-1]" -xa "(__fish_complete_directories)"
end
