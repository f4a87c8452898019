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
        "Key": {"team_id": {"S": mark.team}, "submission_id": {"S": mark.submission}},
        "UpdateExpression": told + cleared,
        "ConditionExpression": mark.condition,
        "ExpressionAttributeValues": values,
    }
