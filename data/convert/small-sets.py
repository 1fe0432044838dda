#!/usr/bin/env python3
"""Writes digits.csv.gz, iris.csv and wine.csv from the files of Debian's python3-sklearn.

Usage: small-sets.py FOLDER

Values are copied as they stand; only a line of column names is added, and class numbers
are replaced by class names. Needs no module of scikit-learn, only its files.
"""
import csv
import gzip
import pathlib
import sys

SOURCE = pathlib.Path("/usr/lib/python3/dist-packages/sklearn/datasets/data")
IRIS = ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"]
WINE = ["alcohol", "malic acid", "ash", "alcalinity of ash", "magnesium",
        "total phenols", "flavanoids", "nonflavanoid phenols", "proanthocyanins",
        "colour intensity", "hue", "od280/od315", "proline"]


def read_rows(path):
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", newline="") as file:
        return list(csv.reader(file))


def with_classes(name, columns, label, classes):
    rows = read_rows(SOURCE / name)[1:]  # the first line counts rows and columns
    return [columns + [label]] + [row[:-1] + [classes[int(row[-1])]] for row in rows]


def digits():
    columns = [f"pixel {y},{x}" for y in range(8) for x in range(8)] + ["digit"]
    return [columns] + read_rows(SOURCE / "digits.csv.gz")


def write(path, rows):
    lines = "".join(",".join(f'"{v}"' if "," in v else v for v in row) + "\n" for row in rows)
    if path.suffix == ".gz":  # no name and no time inside: the same bytes every time
        with open(path, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
            packed.write(lines.encode())
    else:
        path.write_text(lines)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    write(folder / "digits.csv.gz", digits())
    write(folder / "iris.csv", with_classes("iris.csv", IRIS, "species",
                                            ["setosa", "versicolor", "virginica"]))
    write(folder / "wine.csv", with_classes("wine_data.csv", WINE, "class",
                                            ["cultivar 1", "cultivar 2", "cultivar 3"]))


if __name__ == "__main__":
    main()
