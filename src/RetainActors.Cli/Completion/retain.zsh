#compdef retain
# Completion of retain for zsh. In ~/.zshrc, after compinit: source <(retain completion zsh)
_retain_complete() {
    local line="${(j: :)words[2,CURRENT]}"
    local -a candidates
    candidates=("${(@f)$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)}")
    candidates=("${(@M)candidates:#?*}")
    # Options only for a word that begins as one.
    if [[ -z ${words[CURRENT]} ]]; then candidates=("${(@)candidates:#[-/]*}"); fi
    # Without a candidate, as for a folder, zsh completes the names of files.
    if (( ${#candidates} )); then compadd -a candidates; else _files; fi
}
compdef _retain_complete retain
