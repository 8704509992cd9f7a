# The work of an instance of a large run.  What it is given is set above: see user_data.py.
set -euo pipefail
umask 022
export AWS_REGION="$region" AWS_DEFAULT_REGION="$region" HOME="${HOME:-/root}"
export AWS_METADATA_SERVICE_TIMEOUT=5 AWS_METADATA_SERVICE_NUM_ATTEMPTS=5
id=20000           # of whom the run is: it has no name, no home and no way to become another, as a function at AWS
for_the_end=120    # seconds that are kept for the end: whoever ordered the instance counts from before it booted
log_bytes=4000000  # of the log's end, at most: one request puts it
work= keeper=
step='preparing the disk'

attempt() {  # a new instance has its rights and its network only some seconds after its start
    local pause
    for pause in 5 15 30; do
        "$@" && return
        sleep "$pause"
    done
    "$@"
}

put() {  # one at a time, so that an older log never replaces a newer one
    flock "$work/putting" timeout 120 aws s3 cp --only-show-errors "$1" "$results$2"
}

put_log() {
    local part="$work/log.$BASHPID"
    if [ "$(stat --format=%s "$work/$log")" -gt "$log_bytes" ]; then
        tail --bytes="$log_bytes" "$work/$log" | sed 1d >"$part"
    else
        cp "$work/$log" "$part"
    fi
    put "$part" "$log"
}

failure() {  # as a result: what was being done, how it ended, and what was said last
    python3 - "$failed" "$1" "$work/$log" <<'END' || printf '{"error": "%s", "message": "%s failed"}' "$failed" "$step"
import json, sys
with open(sys.argv[3], "rb") as log:
    log.seek(max(log.seek(0, 2) - 1500, 0))
    said = " ".join(log.read().decode(errors="replace").split())
print(json.dumps({"error": sys.argv[1], "message": sys.argv[2] + ": " + (said or "it said nothing")}))
END
}

ended() {  # in words
    if [ "$SECONDS" -ge "$((seconds - for_the_end))" ]; then
        echo "$step was stopped, as the time that a run has is over ($seconds s)"
    elif [ "$1" = 143 ]; then
        echo "$step was stopped, as the instance was shut down"
    elif [ "$1" = 137 ]; then
        echo "$step was killed, as it happens where the memory is used up"
    else
        echo "$step ended with status $1"
    fi
}

finish() {  # the log first: who finds a result finds the log too
    local status=$?
    set +e
    trap - EXIT
    trap '' TERM
    kill "$keeper" 2>/dev/null
    if [ "$status" != 0 ] || [ ! -s "$work/$result" ]; then
        failure "$(ended "$status")" >"$work/$result"
    fi
    put_log
    put "$work/$result" "$result"
    shutdown -h now
}

trap finish EXIT
trap 'exit 143' TERM
shutdown -h "+$(((seconds + 59) / 60))"  # whatever happens below
work=$(mktemp --directory "${TMPDIR:-/var/tmp}/large-run.XXXXXX")  # /tmp would be in memory
(umask 077 && touch "$work/$log" "$work/$result" "$work/putting")
exec >>"$work/$log" 2>&1
while sleep 60; do put_log || true; done &  # an instance may be taken away without an end
keeper=$!

step='installing Python'
attempt dnf install --quiet --assumeyes --disablerepo='*' --enablerepo=amazonlinux "python$python" unzip util-linux
step='fetching the code'
mkdir "$work/code" "$work/opt" "$work/tmp"
attempt aws s3 cp --only-show-errors "$code" "$work/code.zip"
unzip -q "$work/code.zip" -d "$work/code"
step='fetching the layers'
for layer in "${layers[@]}"; do
    attempt aws s3 cp --only-show-errors "$layer" "$work/layer.zip"
    unzip -q -o "$work/layer.zip" -d "$work/opt"
done

step='preparing the run'
rm -f "$work/code.zip" "$work/layer.zip"
chmod -R a+rX "$work/code" "$work/opt"
chmod 711 "$work"
chmod 700 "$work/tmp"
chown "$id:$id" "$work/tmp"
sysctl --quiet --write user.max_user_namespaces=1024  # restored code is put into a network of its own
cd "$work/code"
run=${results%/}
left=$((seconds - SECONDS - for_the_end))
step='the run'
timeout --kill-after=20 "$((left > 1 ? left : 1))" \
    setpriv --reuid="$id" --regid="$id" --clear-groups --no-new-privs \
    env "${variables[@]}" HOME=/nonexistent TMPDIR="$work/tmp" PYTHONPATH="$work/code:$work/opt/python" \
    PYTHONNOUSERSITE=1 PYTHONUNBUFFERED=1 \
    "python$python" -m lambdas.large_run.on_instance "$function" "${run##*/}" "$left" <<<"$event" 3>"$work/$result"
