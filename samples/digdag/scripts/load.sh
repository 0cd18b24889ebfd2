#!/bin/sh
# Usage: load.sh REGION YYYY-MM-DD
set -eu
echo "load $1, compared with $2"
