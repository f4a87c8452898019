"""A fact of a preflight as a line of a log. Knows no topic; `preflight.sh` has a twin in sh."""


def tell(topic: str, text: str) -> None:
    """One fact, seen at once."""
    print(f"preflight: {topic} {text}", flush=True)
