"""A claim's form as a teacher fills it in well."""

GOOD = {
    "supplier_name": "SIA Parauga autobuss",
    "supplier": "40003-000 001",
    "number": "AB-1",
    "issued_day": "26",
    "issued_month": "janvāris",
    "issued_year": "2027",
    "total": "570,00",
    "km": "380",
    "iban": "lv80 bank 0000 4351 9500 1",
    "cofunding": "",
    "declared": "1",
}
