#!/bin/sh
# Usage: tell.sh MESSAGE
echo "sales of the night failed: $1" >&2
