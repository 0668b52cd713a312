#!/usr/bin/env bash
# Trains on four data sets of the UCR and UEA archives with five seeds each, as `recurrent train` does
# by default, and prints every test accuracy and their mean.
#
#   Benchmarks/series.sh FOLDER     a folder with NAME_TRAIN.ts and NAME_TEST.ts of each
set -euo pipefail
[ $# = 1 ] || { echo "usage: $0 FOLDER" >&2; exit 2; }
folder=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
swift build -c release --product recurrent >/dev/null
bin=$(swift build -c release --show-bin-path)/recurrent
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for name in JapaneseVowels ItalyPowerDemand BasicMotions GunPoint; do
  start=$(date +%s)
  accuracies=()
  for seed in 1 2 3 4 5; do
    accuracy=$("$bin" train "$folder/${name}_TRAIN.ts" --seed $seed --run "$work/$name-$seed" |
      sed -n 's/^Test accuracy: \([0-9.]*\)%.*/\1/p')
    accuracies+=("${accuracy:?"no accuracy of $name"}")
  done
  mean=$(printf '%s\n' "${accuracies[@]}" | awk '{ sum += $1 } END { printf "%.2f", sum / NR }')
  echo "$name: ${accuracies[*]}; mean $mean%, $(($(date +%s) - start)) s"
done
