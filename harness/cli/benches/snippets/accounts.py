class Account:
    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance
        self.history = []

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        self.balance += amount
        self.history.append(("in", amount))

    def withdraw(self, amount):
        if amount > self.balance:
            raise ValueError("not enough")
        self.balance -= amount
        self.history.append(("out", amount))


accounts = [Account("ann", 10), Account("bob"), Account("cyd", 5)]
for account in accounts:
    account.deposit(7)
failed = []
for account in accounts:
    try:
        account.withdraw(9)
    except ValueError as error:
        failed.append((account.owner, str(error)))
total = 0
for account in accounts:
    total += account.balance
print(total, len(failed))
