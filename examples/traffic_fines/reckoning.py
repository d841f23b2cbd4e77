"""What the read model of a log of traffic fines has to hold, reckoned from the CSV by the rules alone: nothing of acta is used here."""

import csv
from collections import Counter
from decimal import Decimal

STATUS_AFTER = {
    "Create Fine": "created",
    "Send Fine": "sent",
    "Insert Fine Notification": "notified",
    "Add penalty": "penalised",
    "Insert Date Appeal to Prefecture": "appealed",
    "Send Appeal to Prefecture": "appealed",
    "Appeal to Judge": "appealed",
    "Send for Credit Collection": "in_collection",
}


def cents(euros):
    return int(Decimal(euros) * 100)


def reckon(lines):
    """Takes the lines of a log, header first. Answers the rows of both tables, in the order of their keys, the number of events, and
    how often which refusal was given."""
    fines, refused, events = {}, Counter(), 0

    for line in csv.DictReader(lines):
        case, activity = line["case"], line["concept:name"]
        fine = fines.get(case)
        payment = cents(line["paymentAmount"]) if activity == "Payment" else None

        if activity == "Create Fine" and fine is not None:
            refused["acta.already_exists"] += 1
            continue
        if activity != "Create Fine" and fine is None:
            refused["acta.does_not_exist"] += 1
            continue
        if payment is not None and payment <= 0:
            refused["fine.payment_not_positive"] += 1
            continue

        if fine is None:
            fine = fines[case] = {"year": int(line["time:timestamp"][:4]), "amount": 0, "expense": 0, "paid": 0, "events": 0}
        fine["events"] += 1
        fine["status"] = STATUS_AFTER.get(activity, fine.get("status"))
        if activity in ("Create Fine", "Add penalty"):
            fine["amount"] = cents(line["amount"])
        if activity == "Send Fine":
            fine["expense"] += cents(line["expense"])
        if payment is not None:
            fine["paid"] += payment
            if fine["paid"] >= fine["amount"] + fine["expense"]:
                fine["status"] = "paid"
            if line["totalPaymentAmount"] and cents(line["totalPaymentAmount"]) != fine["paid"]:
                fine["events"] += 1  # the disputed total

    years = {}
    fine_rows = []
    for case, fine in sorted(fines.items()):
        outstanding = max(0, fine["amount"] + fine["expense"] - fine["paid"])
        fine_rows.append((case, fine["year"], fine["status"], fine["amount"], fine["expense"], fine["paid"], outstanding, fine["events"]))
        year = years.setdefault(fine["year"], [0, 0, 0])
        year[0] += 1
        year[1] += fine["paid"]
        year[2] += outstanding
        events += fine["events"]
    year_rows = [(year, *sums) for year, sums in sorted(years.items())]
    return fine_rows, year_rows, events, dict(refused)
