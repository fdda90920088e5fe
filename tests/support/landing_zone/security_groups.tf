# Security groups of the network team, for environments that may not create their own.

resource "aws_security_group" "clients" {
  name        = "company-ml-clients"
  description = "Jobs, tunnels and notebooks"
  vpc_id      = aws_vpc.company.id

  egress {
    description = "The VPC"
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = [aws_vpc.company.cidr_block]
  }
}

resource "aws_security_group" "database" {
  name        = "company-ml-database"
  description = "Databases of ML"
  vpc_id      = aws_vpc.company.id

  ingress {
    description     = "PostgreSQL from clients"
    protocol        = "tcp"
    from_port       = 5432
    to_port         = 5432
    security_groups = [aws_security_group.clients.id]
  }
}

output "client_security_group_id" {
  value = aws_security_group.clients.id
}

output "database_security_group_id" {
  value = aws_security_group.database.id
}
