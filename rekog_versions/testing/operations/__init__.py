"""The operations of the emulated service, a module a subject; `backend` puts them together."""
