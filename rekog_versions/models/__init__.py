"""The service's shapes as pydantic models: what we send is strict, what the service answers is read with tolerance."""
