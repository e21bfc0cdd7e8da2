# Completion of kafkascope and kafkascope-ui for bash. Commands and options are read from the program's own help, so they
# cannot disagree with it; scenarios are completed by name as `kafkascope list` shows them, or as files.

_kafkascope_words() { # COMMAND...: options (with --option) or commands of the help text of COMMAND
  "$@" --help 2>/dev/null | awk '
    /^[A-Za-z].*:[[:space:]]*$/ { section = tolower($1) }
    section ~ /^(subcommands|commands):/ && /^  [a-z]/ { print $1 }
    /^  +-/ { gsub(/,/, " "); for (i = 1; i <= NF; ++i) { if ($i ~ /^--?[a-zA-Z]/) print $i; else if ($i !~ /^-/) break } }'
}

_kafkascope() {
  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD - 1]}" program="${COMP_WORDS[0]}" command="" word
  COMPREPLY=()
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ "$word" != -* ]]; then command="$word"; break; fi
  done
  case "$previous" in
    --theme) mapfile -t COMPREPLY < <(compgen -W "light dark projector" -- "$current"); return ;;
    --record | --output) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --folder) mapfile -t COMPREPLY < <(compgen -d -S / -- "$current"); return ;;
  esac
  if [[ "$current" == -* || ( -z "$command" && "$program" != *-ui ) ]]; then
    if [[ "$program" == *-ui ]]; then command=""; fi
    mapfile -t COMPREPLY < <(compgen -W "$(_kafkascope_words "$program" ${command:+"$command"})" -- "$current")
    return
  fi
  mapfile -t COMPREPLY < <(compgen -f -X '!*@(.toml|.db)' -- "$current"; compgen -d -S / -- "$current"
    compgen -W "$(kafkascope list 2>/dev/null | awk '/^[a-z][a-z0-9_\/-]* /{ print $1; sub(/.*\//, "", $1); print $1 }')" -- "$current")
  mapfile -t COMPREPLY < <(printf '%s\n' "${COMPREPLY[@]}" | sort -u)
  if [[ ${#COMPREPLY[@]} -eq 1 && "${COMPREPLY[0]}" == */ ]]; then compopt -o nospace; fi
}

shopt -s extglob
complete -F _kafkascope kafkascope kafkascope-ui
