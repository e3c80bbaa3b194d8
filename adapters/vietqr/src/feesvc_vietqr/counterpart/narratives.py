"""What banks make of a remittance text on its way: the forms of statements, in turn."""

from __future__ import annotations


def mangled(reference: str, number: int) -> str:
    """The text of the transfer with this number; each number takes the next form."""
    spaced = " ".join(reference[at : at + 4] for at in range(0, len(reference), 4))
    forms = (
        reference,
        f"MBVCB.{9612345000 + number}.{reference}.CT tu 0011001932418 NGUYEN VAN A toi 1133666",
        f"nguyen van a chuyen khoan {reference.lower()}",
        f"IBFT {spaced} GD {600000 + number}-201126 12:00:09",
        f"{reference}-CHUYEN TIEN-OQCH{number:08d}-MOMO{10_000_000 + number}MOMO",
        f"CUSTOMER{reference[:9]}\n{reference[9:]}FT26324{number:05d}",
        f"Ma GD ACSP/{number:06d}/{reference[:6]}.{reference[6:]}/nop phi, le phi",
    )
    return forms[number % len(forms)]
