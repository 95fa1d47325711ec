"""The page: what officials look at, in Vietnamese and English, made of the api's own answers."""
