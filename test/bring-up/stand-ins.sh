# shellcheck shell=bash
# What the programs of a machine are while a simulation runs its scripts: functions that ask the simulated world and do nothing
# else, so a script costs no process beside its own. Every bash that the simulation starts reads this first (BASH_ENV).
# Questions go out by descriptor 3, a line each, and answers come in by 4; \037 stands between words, \036 for a line end.

world() {
  local IFS=$'\037' question reply status
  question="$*"
  printf '%s\n' "${question//$'\n'/$'\036'}" >&3
  # The power is gone, or the simulation is over: for the script, and for the subshell of it that asked.
  if ! IFS= read -r reply <&4 || [[ $reply == cut ]]; then kill -KILL "$SIMULATED_SCRIPT" "$BASHPID"; fi
  reply=${reply//$'\036'/$'\n'}
  status=${reply%%$'\037'*} reply=${reply#*$'\037'}
  printf '%s' "${reply%%$'\037'*}"
  printf '%s' "${reply#*$'\037'}" >&2
  return "$status"
}

# world_with_input WORD…: with standard input as one more word, where a word says that it is read.
world_with_input() {
  local input word
  for word in "$@"; do
    if [[ $word == - || $word == @- || $word == /dev/stdin || $word == *=- ]]; then
      IFS= read -r -d '' input || true
      world "$@" "$input"
      return
    fi
  done
  world "$@"
}

curl() { world_with_input curl "$@"; }
kubeadm() { world kubeadm "$@"; }
kubectl() { world_with_input kubectl "${KUBECONFIG-}" "$@"; }
crictl() { world crictl "$@"; }
systemctl() { world systemctl "$@"; }
sleep() { world sleep "$@"; }
date() { world date "$@"; }
sync() { :; }


# timeout [OPTION…] SECONDS COMMAND…: the world itself has no endless answers.
timeout() {
  while [[ $1 == -* ]]; do
    if [[ $1 == -k || $1 == -s ]]; then shift; fi
    shift
  done
  shift
  "$@"
}
