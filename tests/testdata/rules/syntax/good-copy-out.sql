COPY office TO stdout;
