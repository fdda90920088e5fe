"""Environment variables that pass data from the submitter of a job to the job."""

from typing import Final

__all__ = [
    "CODE",
    "FOLDER",
    "IMAGE",
    "IMAGE_DIGEST",
    "INDEX",
    "INPUTS",
    "INPUT_FOLDER",
    "JOB",
    "LOCK",
    "MAIN_ADDRESS",
    "NODES",
    "RANK",
    "RUN",
    "SIZE",
]

# Set at submission, read by the entry point.
CODE: Final = "TERRARIUM_CODE"  # reference to the snapshot
FOLDER: Final = "TERRARIUM_CODE_FOLDER"  # where in it to work
LOCK: Final = "TERRARIUM_LOCK"  # reference to the packages to have
INPUTS: Final = "TERRARIUM_INPUT_REFERENCES"  # name -> reference, as JSON

# For the code in the job, wherever it runs.
INPUT_FOLDER: Final = "TERRARIUM_INPUTS"  # what was given as inputs, by name
IMAGE: Final = "TERRARIUM_IMAGE"  # the name of the image it runs in
IMAGE_DIGEST: Final = "TERRARIUM_IMAGE_DIGEST"
RUN: Final = "TERRARIUM_RUN"  # the run that submitted it
JOB: Final = "TERRARIUM_JOB"  # the job's id
INDEX: Final = "TERRARIUM_ARRAY_INDEX"
SIZE: Final = "TERRARIUM_ARRAY_SIZE"
RANK: Final = "TERRARIUM_NODE_RANK"
NODES: Final = "TERRARIUM_NODE_COUNT"
MAIN_ADDRESS: Final = "TERRARIUM_MAIN_ADDRESS"  # of the node of rank 0
