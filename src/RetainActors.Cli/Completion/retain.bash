# Completion of retain for bash. In ~/.bashrc: source <(retain completion bash)
_retain_complete() {
    local line=${COMP_LINE:0:COMP_POINT} word=${COMP_WORDS[COMP_CWORD]} candidate
    line=${line#"${COMP_WORDS[0]}"}
    line=${line#"${line%%[![:space:]]*}"}
    COMPREPLY=()
    while IFS= read -r candidate; do
        # Options only for a word that begins as one.
        if [[ $candidate == "$word"* && ( -n $word || $candidate != [-/]* ) ]]; then COMPREPLY+=("$candidate"); fi
    done < <("${COMP_WORDS[0]}" "[suggest:${#line}]" "$line" 2>/dev/null)
}
# Without a candidate, as for a folder, bash completes the names of files.
complete -o default -F _retain_complete retain
