SELECT currency, entries FROM remittance WHERE id = %s
