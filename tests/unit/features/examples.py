"""Views and times that tests share."""

from datetime import UTC, datetime, timedelta

from terrarium.features import Entity, Feature, FeatureView

__all__ = ["CUSTOMER", "at", "usage"]

CUSTOMER = Entity(name="customer", key="customer_id")
_START = datetime(2026, 1, 1, tzinfo=UTC)


def at(hours: float) -> datetime:
    """So many hours into the year."""
    return _START + timedelta(hours=hours)


def usage(**changes: object) -> FeatureView:
    """Usage of customers."""
    view: dict[str, object] = {
        "name": "usage",
        "source": "telco.usage",
        "entities": (CUSTOMER,),
        "features": (Feature(name="minutes", dtype="double"), Feature(name="plan", dtype="string")),
        "owner": "growth",
        "created_time": "created_at",
    }
    return FeatureView.model_validate(view | changes)
