#!/usr/bin/env bash
# Trains on four data sets of the UCR and UEA archives with five seeds each, as `recurrent train` does
# by default, and prints every test accuracy and their mean with its 95% interval; then the same for the
# scaled error of forecasts of airline passengers.
#
#   Benchmarks/series.sh FOLDER     a folder with NAME_TRAIN.ts and NAME_TEST.ts of each, and Airline.csv
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
  "$bin" train "$folder/${name}_TRAIN.ts" --seeds 5 --run "$work/$name" >"$work/$name.txt"
  accuracies=$(sed -n 's/^Seed [0-9]*: \([0-9.]*\)%.*/\1/p' "$work/$name.txt")
  mean=$(sed -n 's/^Mean of 5 seeds: \(.*\)/\1/p' "$work/$name.txt")
  echo "$name:" $accuracies "mean ${mean:?"no accuracy of $name"}, $(($(date +%s) - start)) s"
done
"$bin" train "$folder/Airline.csv" --seeds 5 --run "$work/Airline" >"$work/Airline.txt"
errors=$(sed -n 's/^Seed [0-9]*: mean absolute scaled error \([0-9.]*\).*/\1/p' "$work/Airline.txt")
mean=$(sed -n 's/^Mean of 5 seeds: \(.*\)/\1/p' "$work/Airline.txt")
echo "Airline, 12 months running freely:" $errors "${mean:?"no error of Airline"}"
