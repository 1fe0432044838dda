"""Prints what NumPy reads from the .npz and .npy files given: for the tests of the export.

One line an array: name, shape, type, sum of squares.
"""
import sys

import numpy


def describe(name, array):
    squares = float((array.astype(numpy.float64) ** 2).sum())
    print(name, "x".join(map(str, array.shape)), array.dtype, f"{squares:.9g}")


for path in sys.argv[1:]:
    content = numpy.load(path, allow_pickle=False)
    if path.endswith(".npz"):
        for key in content.files:
            describe(key, content[key])
    else:
        describe("array", content)
