# Runs the text in $command with the shell in RUN_WITH, and keeps what the workflow needs of it:
# KEEP_LAST_LINE its last line of output as JSON text, KEEP_STATE success or skipped; exit codes in SKIP_CODES mean
# skipped. 100 has a meaning of its own in these workflows: a command that ends with it fails with 1.
mkdir -p /tmp/af/out
af_code=0
if [ -n "$KEEP_LAST_LINE" ]; then
  { $RUN_WITH -c "$command" 2>&1; echo $? >/tmp/af/code; } | tee /tmp/af/output
  af_code=$(cat /tmp/af/code)
  tail -n 1 /tmp/af/output | tr -d '\n\000' | sed -e 's/[[:space:]]*$//' -e 's/\\/\\\\/g' -e 's/"/\\"/g' \
    -e "s/$(printf '\t')/\\\\t/g" -e "s/$(printf '\r')/\\\\r/g" -e "s/$(printf '\033')/\\\\u001b/g" \
    -e 's/[$]/\\u0024/g' -e 's/{{/{\\u007b/g' -e 's/^/"/' -e 's/$/"/' >/tmp/af/out/return_value
  [ -s /tmp/af/out/return_value ] || printf '""' >/tmp/af/out/return_value
else
  $RUN_WITH -c "$command" || af_code=$?
fi
for af_skip in $SKIP_CODES; do
  if [ "$af_code" = "$af_skip" ]; then
    echo "skipped: the command ended with $af_code" >&2
    rm -f /tmp/af/out/return_value
    printf skipped >/tmp/af/out/state
    exit 0
  fi
done
case $af_code in
  0) [ -z "$KEEP_STATE" ] || printf success >/tmp/af/out/state ;;
  100) af_code=1 ;;
esac
exit "$af_code"
