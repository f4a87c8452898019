"""What runs inside the submission's containers: POSIX sh and standard-library Python 3.7."""
