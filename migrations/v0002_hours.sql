-- The hours of the day (UTC) in which a connection was seen: 24 bits, midnight lowest. 0 where it is not known.
ALTER TABLE connection_fact ADD COLUMN hours INTEGER NOT NULL DEFAULT 0 CHECK (hours BETWEEN 0 AND 16777215);
