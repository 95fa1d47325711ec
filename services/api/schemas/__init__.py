"""What answers look like, for the OpenAPI document only: answers are not validated at run time."""
