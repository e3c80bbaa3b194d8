# What H26 has on its books, and what its money at intermediaries is made of
curl -s "$API/agencies/H26/LEDGER/trial-balance" -H "Authorization: Bearer $TOKEN"; echo
curl -s "$API/agencies/H26/LEDGER/accounts/1200/statement" -H "Authorization: Bearer $TOKEN"; echo

# Another dossier, as the portal: what it owes, then a page to pay it on; open that one in a browser
id() { grep -o '"id":"[^"]*' | head -1 | cut -d'"' -f4; }
ASSESSMENT=$(curl -s "$API/assessments" -H "Authorization: Bearer $KEY" \
  -H "Content-Type: application/json" -H "Idempotency-Key: $(date +%s%N)" \
  -d '{"dossier": "H26.10-'$(date +%y%m%d-%s)'", "circumstances": {"channel": "online",
       "submitted_on": "2026-11-20"}, "shares": [{"agency": "H26", "lines": [{"item": "DL-GPLX"}]}]}' | id)
curl -s "$API/payments" -H "Authorization: Bearer $KEY" \
  -H "Content-Type: application/json" -H "Idempotency-Key: $(date +%s%N)" \
  -d '{"assessments": ["'$ASSESSMENT'"], "account": "'$ACCOUNT'", "return_url": "BACK"}' |
  grep -o '"url":"[^"]*' | cut -d'"' -f4

# The refund that waits for a second person; ten seconds after its approval the payer has the money
REFUND=$(curl -s "$API/agencies/H26/REGISTER/refunds?state=requested" -H "Authorization: Bearer $TOKEN" | id)
DIGEST=$(curl -s "$API/refunds/$REFUND" -H "Authorization: Bearer $TOKEN" | grep -o '"digest":"[^"]*' | cut -d'"' -f4)
APPROVER=$(curl -s "$ISSUER/token" -d grant_type=client_credentials -d client_id=approver |
  grep -o '"access_token":"[^"]*' | cut -d'"' -f4)
curl -s "$API/refunds/$REFUND/approve" -H "Authorization: Bearer $APPROVER" \
  -H "Content-Type: application/json" -H "Idempotency-Key: $(date +%s%N)" -d '{"digest": "'$DIGEST'"}'; echo
