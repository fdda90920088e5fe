# What the security team prescribes: a key, the permissions boundary and the path of roles, and GitHub's OIDC provider.

data "aws_caller_identity" "account" {}


# The policy of the key: `terrarium key-policy` prints the statements after the first.
variable "key_statements" {
  type    = string
  default = "[]"
}

resource "aws_kms_key" "company" {
  description         = "Encrypts the data of the machine-learning team"
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([{
      Sid       = "SecurityTeam"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.account.account_id}:root" }
      Action    = ["kms:Create*", "kms:Describe*", "kms:Enable*", "kms:Get*", "kms:List*", "kms:Put*", "kms:Update*", "kms:Disable*", "kms:Delete*", "kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource"]
      Resource  = "*"
    }], jsondecode(var.key_statements))
  })
}

# It denies what nobody in the company may do, and allows everything else.
resource "aws_iam_policy" "boundary" {
  name = "Boundary"
  path = "/acme/"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Allowed", Effect = "Allow", Action = "*", Resource = "*" },
      { Sid = "NoUsers", Effect = "Deny", Action = ["iam:CreateUser", "iam:CreateAccessKey"], Resource = "*" },
    ]
  })
}

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

output "key_arn" {
  value = aws_kms_key.company.arn
}

output "permissions_boundary_arn" {
  value = aws_iam_policy.boundary.arn
}

output "role_path" {
  value = "/acme/ml/"
}
