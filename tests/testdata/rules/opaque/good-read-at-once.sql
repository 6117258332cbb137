SET standard_conforming_strings = off; SET LOCAL client_encoding = 'LATIN1'; SELECT 'a\', '; no statement --';
