# Endpoints of the AWS services that environments use: in the VPC, no other path leads to AWS.

locals {
  services = [
    "athena", "batch", "ecr.api", "ecr.dkr", "ecs", "ecs-agent", "ecs-telemetry", "glue", "logs", "sagemaker.api",
    "secretsmanager", "ssm", "ssmmessages", "states", "sts",
  ]
}

resource "aws_security_group" "endpoints" {
  name        = "company-endpoints"
  description = "Interface endpoints"
  vpc_id      = aws_vpc.company.id

  ingress {
    description = "HTTPS from the VPC"
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = [aws_vpc.company.cidr_block]
  }
}

resource "aws_vpc_endpoint" "interface" {
  for_each            = toset(local.services)
  vpc_id              = aws_vpc.company.id
  service_name        = "com.amazonaws.${var.region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = [for subnet in aws_subnet.compute : subnet.id]
  security_group_ids  = [aws_security_group.endpoints.id]
}

resource "aws_vpc_endpoint" "gateway" {
  for_each          = toset(["s3", "dynamodb"])
  vpc_id            = aws_vpc.company.id
  service_name      = "com.amazonaws.${var.region}.${each.key}"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.private.id]
}
