#!/bin/sh
n=$1
while read line; do echo "@@ $n $line"; done < data/a.csv
