"""Peppol BIS 3 invoices of made-up carriers, as UBL, with any part replaced."""

from tests.factories.compensation import IBAN

_LEGAL = (
    "<cac:PartyLegalEntity><cbc:RegistrationName>{name}</cbc:RegistrationName>"
    '<cbc:CompanyID schemeID="0218">{number}</cbc:CompanyID></cac:PartyLegalEntity>'
)


def sample_invoice(
    *,
    number: str = "AB-2027/014",
    issued: str = "2027-01-27",
    supplier: str = "40000000001",
    net: str = "471.07",
    tax: str = "98.93",
    total: str = "570.00",
    due: str = "570.00",
    currency: str = "EUR",
    iban: str = IBAN,
) -> bytes:
    """An invoice for one bus; amounts are written as given, whether they add up or not."""
    money = f'currencyID="{currency}"'
    seller = _LEGAL.format(name="SIA „Parauga autobusi”", number=supplier)
    buyer = _LEGAL.format(name="Paraugskola", number="3213900123")
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0</cbc:CustomizationID>
<cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>
<cbc:ID>{number}</cbc:ID><cbc:IssueDate>{issued}</cbc:IssueDate>
<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
<cbc:DocumentCurrencyCode>{currency}</cbc:DocumentCurrencyCode>
<cac:AccountingSupplierParty><cac:Party>{seller}</cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party>{buyer}</cac:Party></cac:AccountingCustomerParty>
<cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>
<cac:PayeeFinancialAccount><cbc:ID>{iban}</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>
<cac:TaxTotal><cbc:TaxAmount {money}>{tax}</cbc:TaxAmount></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:LineExtensionAmount {money}>{net}</cbc:LineExtensionAmount>
<cbc:TaxExclusiveAmount {money}>{net}</cbc:TaxExclusiveAmount>
<cbc:TaxInclusiveAmount {money}>{total}</cbc:TaxInclusiveAmount>
<cbc:PayableAmount {money}>{due}</cbc:PayableAmount></cac:LegalMonetaryTotal>
<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="KMT">380</cbc:InvoicedQuantity>
<cbc:LineExtensionAmount {money}>{net}</cbc:LineExtensionAmount>
<cac:Item><cbc:Name>Autobuss Rīga–Ventspils–Rīga</cbc:Name></cac:Item></cac:InvoiceLine>
</Invoice>""".encode()
