"""Makes first inputs of the fuzz target hdf5 with h5py 3.14: small files of the newer ways of writing."""
import pathlib

import h5py
import numpy as np

HERE = pathlib.Path(__file__).parent / "corpus" / "hdf5"


def add(name, fill):
    with h5py.File(HERE / name, "w", libver="latest") as f:
        fill(f)


def dense_links(f):
    f["v"] = np.float32(1)
    for i in range(9):
        f[f"g{i}"] = h5py.SoftLink("/v")


def dense_attributes(f):
    for i in range(9):
        f.attrs[f"a{i}"] = np.bytes_(b"x")
    f.attrs["v"] = np.bytes_(b"yy")


def new_format(f):
    f.attrs["v"] = "text"
    f.attrs["n"] = ["a", "b"]
    f["named"] = np.dtype(">f2")
    f.create_dataset("x", data=np.arange(3), dtype=f["named"])
    f["s"] = h5py.SoftLink("x")
    f.create_dataset("e", (2,), "i2", fillvalue=3)


def chunked(dims, **options):
    data = np.arange(6, dtype="f4").reshape(dims)
    return lambda f: f.create_dataset("v", data=data, **options)


add("dense-links", dense_links)
add("dense-attributes", dense_attributes)
add("new-format", new_format)
add("fixed-array", chunked((2, 3), chunks=(1, 2)))
add("chunk-tree", chunked((2, 3), chunks=(1, 2), maxshape=(None, None)))
add("packed-chunks", chunked((6,), chunks=(2,), compression="gzip", shuffle=True, fletcher32=True))
