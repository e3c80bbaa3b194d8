-- What the accepted lines come to, whatever became of them, and those that nobody dealt with.
SELECT count(*) AS lines, coalesce(sum(line.net), 0) AS net,
       count(*) FILTER (WHERE line.state = 'matched') AS matched,
       count(*) FILTER (WHERE line.state <> 'matched' AND line.reason <> '') AS named,
       count(*) FILTER (WHERE line.state <> 'matched' AND line.reason = '') AS neither
FROM feesvc.line
JOIN feesvc.statement ON statement.id = line.statement
WHERE statement.state = 'accepted' AND line.leg = 'S'
