COPY fee_line (assessment, line, item, dossier, notice) FROM STDIN
