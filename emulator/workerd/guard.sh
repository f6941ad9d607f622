#!/bin/sh
# guard.sh NOTE [now]: waits for the end of its input, which is the end of the emulator, whatever ended it; then
# ends the workerd that launch.sh wrote into NOTE. A pid alone may be another process by then, so it is
# compared by its arguments, of which workerd's name a port that no other workerd has. With "now" it waits
# for nothing.
note=$1
# Ctrl-C in a terminal is heard by all of the emulator's processes; this one ends after the last of them.
trap '' INT TERM HUP

command_of() {
  if [ -r /proc/self/cmdline ]; then
    tr '\0' ' ' <"/proc/$1/cmdline"
  else
    ps -ww -o args= -p "$1"
  fi 2>/dev/null
}

runs() {
  read -r pid args <"$note" && [ -n "$args" ] || return 1
  case "$(command_of "$pid")" in *"$args"*) return 0 ;; esac
  return 1
} 2>/dev/null

end_workerd() {
  while runs; do
    kill -9 "$pid"
    sleep 0.1
  done
}

if [ "$2" != now ]; then
  while read -r _; do :; done
  end_workerd
  # One that was being started when the emulator ended has noted itself since then.
  sleep 1
fi
end_workerd
rm -f "$note"
