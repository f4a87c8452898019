"""What DynamoDB is sent. Pure: no client is needed to show it."""

from __future__ import annotations

from typing import Any

from console.operations.ports.deliveries import TableMark


def update_item(table: str, mark: TableMark) -> dict[str, Any]:
    """The parameters of UpdateItem; every value is text, as upstream's are."""
    values = {f":{name}": {"S": said} for name, said in mark.fields}
    # A value that no expression names is an error of DynamoDB's.
    values |= {name: {"S": said} for name, said in mark.held_against}
    told = "SET " + ", ".join(f"{name} = :{name}" for name, _ in mark.fields)
    cleared = f" REMOVE {', '.join(mark.cleared)}" if mark.cleared else ""
    return {
        "TableName": table,
        "Key": _key(mark.team, mark.submission),
        "UpdateExpression": told + cleared,
        "ConditionExpression": mark.condition,
        "ExpressionAttributeValues": values,
    }


def get_item(table: str, team: str, submission: str) -> dict[str, Any]:
    """The parameters of GetItem, for the row as it is now."""
    return {"TableName": table, "Key": _key(team, submission), "ConsistentRead": True}


def _key(team: str, submission: str) -> dict[str, Any]:
    return {"team_id": {"S": team}, "submission_id": {"S": submission}}
