# shellcheck shell=bash
# Runs one script after the other, each in a subshell: a fork, where a program of its own would cost ten times as much.
exec 3>&1 4<&0 >/dev/null 2>&1 </dev/null
# shellcheck source=/dev/null
. "$BASH_ENV"
while IFS= read -r script <&4; do
  # Not in a list with `||`, in which `set -e` of the script would not hold.
  (
    export SIMULATED_SCRIPT=$BASHPID
    log=$script.log
    exec >>"$log" 2>&1
    # shellcheck source=/dev/null
    . "$script"
  )
  printf 'end\037%s\n' "$?" >&3
done
